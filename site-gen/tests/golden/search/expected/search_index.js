// The site has a script of its own: the generator adds none.
