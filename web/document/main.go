// Command document prints the OpenAPI document of the management port, from which the console's
// typed client is generated.
package main

import (
	"fmt"
	"os"

	"github.com/favord/favord/wire/manage"
	"github.com/favord/favord/wire/openapi"
)

func main() {
	text, err := openapi.Document("0", manage.Operations())
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
