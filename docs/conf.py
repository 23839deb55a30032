"""The docs as a site: ``make docs`` (Sphinx, MyST, furo).

The source folder is that of the project, so that a link is the same on the site and in the repository.
"""

from dictcrawler.version import __version__

project = "dictcrawler"
author = "The dictcrawler maintainers"
project_copyright = author
release = version = __version__

root_doc = "docs/index"
include_patterns = ["docs/**", "benchmarks/*.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
exclude_patterns = ["**/.*", ".*", "build", "data", "dictcrawler", "tests"]
extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
# Fields of the model are called `type`, as the built-in is: a signature that names it is not linked.
suppress_warnings = ["ref.python"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
python_display_short_literal_types = True
# Types of other packages that the signatures name: there is no page here to link to.
nitpicky = False

html_theme = "furo"
html_title = f"dictcrawler {release}"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
