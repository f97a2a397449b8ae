"""From sound to stored words: in which language, with which names, in stretches that outlive a kill; and how well."""
