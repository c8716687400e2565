package server

import "net/http"

// closing ends a connection after a request whose body had no length before it. One that
// told both is read as chunked here, and may have been read otherwise by a proxy before: what
// follows on the connection is not to be trusted. net/http does not show both to a handler.
func closing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TransferEncoding) > 0 {
			r.Close = true // for handlers that say themselves what becomes of the connection
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
