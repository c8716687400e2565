// Package product has the commands about coupons, vouchers, codes, partnerships, images, bills and payments.
package product
