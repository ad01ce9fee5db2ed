"""What stewards say of findings: corrected, a false positive, nobody reached; and what becomes of it."""
