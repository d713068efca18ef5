"""Rules of the text: which sections a call asks for, and who may write in them."""
