package pgstore_test

// stockFilters are in which statements about stocks and their codes a filter is wanted.
func stockFilters() []string {
	return []string{
		"$1::text = '' or creator_mchid = $1", // an operator's list of stocks
		"upto > $4",                           // the blocks of a page of codes
	}
}

// stockPlans are statements about stocks and their codes, and the condition that finds their
// rows in an index.
func stockPlans() map[string]string {
	return map[string]string{
		"and ($1::text = '' or creator_mchid = $1)": "Index Scan Backward using stock_by_age on stock Index Cond: (ROW(created_at, stock_id) < ROW($2, $3))",
		"insert into stock_code":                    "code_by_position on stock_code stock_code_1 Index Cond: ((stock_id = $2) AND (creator_mchid = $1))",
		"and position = k.position":                 "code_by_position on stock_code Index Cond: ((stock_id = $2) AND (\"position\" = k.\"position\") AND (creator_mchid = $1))",
		"from stock_code k where":                   "stock_code_pkey on stock_code k Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (code = $3))",
		"select slot from stock_code":               "stock_code_pkey on stock_code Index Cond: ((creator_mchid = $1) AND (stock_id = $2) AND (code = $3))",
		"from code_block":                           "Index Scan using code_block_pkey on code_block Index Cond: ((creator_mchid = $1) AND (stock_id = $2))",
		"insert into code_block":                    "Conflict Arbiter Indexes: code_block_pkey",
		"where code = k.coupon":                     "coupon_by_code on coupon Index Cond: ((code = k.coupon) AND (stock_id = k.stock) AND (creator_mchid = k.creator))",
	}
}
