# SPDX-License-Identifier: GPL-2.0
"""What Sphinx has to know: make htmldocs."""

project = 'ksrtp'
author = copyright = 'The ksrtp authors'
# literal blocks are commands, files and drawings
highlight_language = 'none'
html_theme = 'alabaster'
html_copy_source = False
