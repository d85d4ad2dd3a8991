"""samebytes.toml to frozen Settings, each value with its source."""

from samebytes.config.load import load_settings
from samebytes.config.read import CONFIG_NAME, ConfigDocument, read_document

__all__ = ["CONFIG_NAME", "ConfigDocument", "load_settings", "read_document"]
