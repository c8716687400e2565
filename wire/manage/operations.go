// Package manage is the wire of the management port: what operators and tools do that the
// platform's own API has no call for. It is Favord's own and is not signed; who may call is
// decided by the port it listens on and, in production, by a token.
// Lengths count characters; times are RFC 3339 and written in Beijing time.
package manage

import (
	"net/http"
	"slices"

	"github.com/favord/favord/wire"
)

// Operations returns the table. Each subject has a file with its part.
func Operations() []wire.Operation {
	operations := slices.Concat(
		statusOperations(),
		clockOperations(),
		faultOperations(),
		journalOperations(),
		explainOperations(),
		stockOperations(),
		voucherStockOperations(),
		snapshotOperations(),
		userOperations(),
		merchantOperations(),
		couponOperations(),
		lifeOperations(),
		moneyOperations(),
		paymentOperations(),
		statisticsOperations(),
		attentionOperations(),
		keyOperations(),
		deliveryOperations(),
		errorOperations(),
		callOperations(),
		operatorOperations(),
		sessionOperations(),
		accountOperations(),
		passkeyOperations(),
		lostPasskeyOperations(),
		auditOperations(),
		proofOperations(),
		scenarioOperations(),
		retentionOperations(),
		exportOperations(),
		linkOperations(),
		sampleOperations(),
		draftOperations(),
		whatIfOperations(),
	)
	for i := range operations {
		fill(&operations[i])
	}
	return operations
}

// fill says what all operations have in common, and so does not stand in the tables.
func fill(op *wire.Operation) {
	op.Product = wire.Manage
	if op.Auth == 0 {
		op.Auth = wire.ByOperator
	}
	if op.Success == 0 {
		op.Success = http.StatusOK
	}
	if op.Auth == wire.ByOperatorInSandbox {
		op.Failures = append(op.Failures, absent())
	}
}

// absent is the answer of a production server to what only a sandbox has.
func absent() wire.Failure {
	return wire.Failure{
		Status: http.StatusNotFound, Code: "RESOURCE_NOT_EXISTS", Message: "只有沙箱才有这个接口，本服务是生产环境",
		When: "Only a sandbox has this operation.",
	}
}
