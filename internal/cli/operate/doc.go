// Package operate has the commands of an operator: merchants with their keys and money, users, orders and cards.
package operate
