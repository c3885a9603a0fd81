// Command bare serves the file that it is given, at any path and to anybody: what net/http alone can do.
package main

import (
	"log"
	"net/http"
	"os"
	"strconv"
)

func main() {
	address, file := os.Args[1], os.Args[2]
	body, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	length := strconv.Itoa(len(body))
	log.Fatal(http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", length)
		_, _ = w.Write(body)
	})))
}
