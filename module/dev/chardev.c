// SPDX-License-Identifier: GPL-2.0
/*
 * The device: open, release, read, write, seek. An open file's offset is a lab
 * linear address.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>

#include "../mem/access.h"
#include "../mem/lifetime.h"
#include "../proc/pid.h"
#include "birth.h"
#include "chardev.h"
#include "privilege.h"

#define MMLABFS_MAGIC	0x6d6d6c62	/* "mmlb" */

/*
 * Each lab process has an address_space of its own, so that its windows can be flushed
 * without those of others. It comes with an inode of this file system, which has no
 * path that user space could open.
 */
static struct vfsmount *mmlabfs;

static int mmlabfs_init_context(struct fs_context *fc)
{
	return init_pseudo(fc, MMLABFS_MAGIC) ? 0 : -ENOMEM;
}

/* No owner: the module's own mount must not keep it loaded; open files do. */
static struct file_system_type mmlabfs_type = {
	.name = "mmlabfs",
	.init_fs_context = mmlabfs_init_context,
	.kill_sb = kill_anon_super,
};

static int chardev_open(struct inode *inode, struct file *file)
{
	struct lab_process *parent = mmlab_birth_parent(), *p;
	struct inode *anon;
	int err;

	anon = alloc_anon_inode(mmlabfs->mnt_sb);
	if (IS_ERR(anon))
		return PTR_ERR(anon);
	p = mmlab_lifetime_begin(anon->i_mapping, parent);
	if (IS_ERR(p)) {
		err = PTR_ERR(p);
		goto err_inode;
	}
	err = mmlab_proc_pid_add(p);
	if (err)
		goto err_process;
	/* windows take their mapping from the file: from now on it is the process's own */
	file->f_mapping = anon->i_mapping;
	file->private_data = p;
	return 0;

err_process:
	mmlab_lifetime_end(p);
err_inode:
	iput(anon);
	return err;
}

static int chardev_release(struct inode *inode, struct file *file)
{
	struct inode *anon = file->f_mapping->host;

	mmlab_proc_pid_remove(mmlab_chardev_process(file));
	mmlab_lifetime_end(mmlab_chardev_process(file));
	file->f_mapping = inode->i_mapping;
	iput(anon);
	return 0;
}

static ssize_t chardev_read(struct file *file, char __user *buf, size_t len,
			    loff_t *pos)
{
	ssize_t done;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= LAB_SPACE_BYTES)
		return 0;
	len = min_t(u64, len, LAB_SPACE_BYTES - *pos);
	done = mmlab_access_read(mmlab_chardev_process(file),
				 mmlab_privilege_ok(file, *pos, len),
				 (u32)*pos, buf, len);
	if (done > 0)
		*pos += done;
	return done;
}

static ssize_t chardev_write(struct file *file, const char __user *buf,
			     size_t len, loff_t *pos)
{
	ssize_t done;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= LAB_SPACE_BYTES)
		return -EFBIG;
	len = min_t(u64, len, LAB_SPACE_BYTES - *pos);
	done = mmlab_access_write(mmlab_chardev_process(file),
				  mmlab_privilege_ok(file, *pos, len),
				  (u32)*pos, buf, len);
	if (done > 0)
		*pos += done;
	return done;
}

static loff_t chardev_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, LAB_SPACE_BYTES);
}

static const struct file_operations mmlab_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.read = chardev_read,
	.write = chardev_write,
	.llseek = chardev_llseek,
	.fsync = noop_fsync,		/* for msync(): there is no storage to write to */
	.mmap = mmlab_chardev_mmap,
	.unlocked_ioctl = mmlab_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice mmlab_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmlab",
	.fops = &mmlab_fops,
	.mode = 0600,
};

int mmlab_chardev_mount(void)
{
	mmlabfs = kern_mount(&mmlabfs_type);
	return PTR_ERR_OR_ZERO(mmlabfs);
}

void mmlab_chardev_unmount(void)
{
	kern_unmount(mmlabfs);
}

int mmlab_chardev_init(void)
{
	return misc_register(&mmlab_device);
}

void mmlab_chardev_exit(void)
{
	misc_deregister(&mmlab_device);
}
