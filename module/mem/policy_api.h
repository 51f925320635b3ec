/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policies of other modules (mmlab_api.h).
 */
#ifndef MMLAB_MEM_POLICY_API_H
#define MMLAB_MEM_POLICY_API_H

/**
 * mmlab_policy_api_init() - watch for modules that leave their policies behind
 *
 * Context: module load.
 * Return: 0, or the errno of register_module_notifier().
 */
int mmlab_policy_api_init(void);
void mmlab_policy_api_exit(void);

#endif /* MMLAB_MEM_POLICY_API_H */
