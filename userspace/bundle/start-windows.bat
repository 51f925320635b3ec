@echo off
rem SPDX-License-Identifier: GPL-2.0
rem Starts the lab in this window, in QEMU. exit ends it; Ctrl-A and then X ends QEMU itself.
cd /d "%~dp0"
set QEMU=qemu-system-x86_64.exe
where %QEMU% >nul 2>nul
if errorlevel 1 set QEMU="%ProgramFiles%\qemu\qemu-system-x86_64.exe"
if not exist %QEMU% where %QEMU% >nul 2>nul
if errorlevel 1 (
  echo QEMU is missing: winget install SoftwareFreedomConservancy.QEMU
  pause
  exit /b 1
)
%QEMU% -accel whpx,kernel-irqchip=off -accel tcg,thread=multi -smp 2 -m 512 -nodefaults -no-user-config -display none -no-reboot -chardev stdio,id=term,mux=on,signal=off -serial chardev:term -kernel vmlinux -initrd initramfs.gz -append "console=ttyS0 quiet loglevel=3 rdinit=/init panic=-1 no_timer_check"
