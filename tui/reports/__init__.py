"""The providers' report files as the Reports screen asks for them: forms of the vendors' vocabularies, and the asking."""
