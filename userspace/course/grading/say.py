# SPDX-License-Identifier: GPL-2.0
"""What the grader says, in the student's language."""

import gettext
import os

_ = gettext.translation('mmlab', os.environ.get('MMLAB_LOCALE'), fallback=True).gettext
