"""What must be true of rows before they are written: Great Expectations suites, quarantine and Data Docs.

Import the modules inside functions: Great Expectations takes several seconds to import.
"""
