"""How fast it is: a filled database, a load driver, the floors of the same run. See README.md."""
