"""What parties have said for the record: grants, reservations, revocations, claims and notices."""
