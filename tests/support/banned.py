"""Names that no module of the project may use, because they load or run the content of a file."""

BANNED = {
    "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib",
    "XMLFeedSpider", "xmliter", "xmliter_lxml", "open_in_browser", "FilesPipeline", "ImagesPipeline", "eval", "exec",
}  # fmt: skip
