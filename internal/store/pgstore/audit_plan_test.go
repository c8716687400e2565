package pgstore_test

// auditPlans are those of the audit: whoever looks for what is not sealed looks at nothing else.
func auditPlans() map[string]string {
	const unsealed, placed = "audit_unsealed on audit Index Cond: ", "audit_by_place on audit Index Cond: "
	return map[string]string{
		"place is null and id > $2": unsealed + "((creator_mchid = $1) AND (id > $2))",
		"update audit a":            unsealed + "((creator_mchid = $1) AND (id = k.id))",
		"and place > $2":            placed + "((creator_mchid = $1) AND (place > $2))",
		"and place < $2":            placed + "((creator_mchid = $1) AND (place < $2) AND (place >= $3))",

		"from audit where place is null and creator_mchid > $1":     unsealed + "(creator_mchid > $1)",
		"from audit where place is not null and creator_mchid > $1": placed + "(creator_mchid > $1)",
	}
}
