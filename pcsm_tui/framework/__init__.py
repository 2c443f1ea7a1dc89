PLAYBOOK = "playbook.toml"
"""The file in which a team's changes to the framework stand, in its folder of engagements."""
