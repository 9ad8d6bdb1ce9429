"""What other commands than the audits print: the inventory, the rules, the causes of a server error."""
