"""One file a version of the schema, each with the step that leads to it from the one before."""
