"""How documents look: templates, colours and logos, judged before they are used."""
