"""What is made of a night's verdicts: who is audited, what the true rate is, how good the rules are, who is paid what."""
