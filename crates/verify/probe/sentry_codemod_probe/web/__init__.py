"""Web frameworks: one probe route for each application object, raising inside the framework's own dispatch."""
