"""stub"""
STEM = "meridian-grid"
def with_generated(content):
    return content
