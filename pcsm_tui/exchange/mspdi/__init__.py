"""Plans as MS Project's XML: the Microsoft Project XML Data Interchange format (MSPDI)."""
