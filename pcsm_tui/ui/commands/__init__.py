"""What can be done, declared once: bindings, footer, palette, help and the printed key list come from here."""
