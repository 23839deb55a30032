"""Names that no module of the project may use: they load or run what a file says."""

BANNED = {
    "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib",
    "XMLFeedSpider", "xmliter", "xmliter_lxml", "open_in_browser", "FilesPipeline", "ImagesPipeline", "eval", "exec",
}  # fmt: skip
