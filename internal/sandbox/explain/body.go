package explain

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/favord/favord/apiv3"
)

// Causes that lie in the body.
const (
	BodyDropped     Cause = "BODY_DROPPED"
	BodyInvented    Cause = "BODY_INVENTED"
	BodyLineEnd     Cause = "BODY_LINE_END"
	BodyCRLF        Cause = "BODY_CRLF"
	BodyTrimmed     Cause = "BODY_TRIMMED"
	BodyBOM         Cause = "BODY_BOM"
	BodyReformatted Cause = "BODY_REFORMATTED"
	BodyKeyOrder    Cause = "BODY_KEY_ORDER"
	BodyEscapes     Cause = "BODY_ESCAPES"
	BodyNulls       Cause = "BODY_NULLS_DROPPED"
	BodyHashed      Cause = "BODY_HASHED"
	BodyEncoded     Cause = "BODY_ENCODED"
	UploadWhole     Cause = "UPLOAD_WHOLE_BODY"
	UploadFile      Cause = "UPLOAD_FILE"
	UploadMetaFile  Cause = "UPLOAD_META_IS_A_FILE"
)

// adviceBody is about the body.
func adviceBody() advice {
	return advice{ZH: "应对实际发送的字节签名，先序列化一次，再用同一份字节签名和发送", EN: "serialise once, and sign the very bytes that are sent"}
}

// adviceUpload is about the body of an upload.
func adviceUpload() advice {
	return advice{ZH: "上传接口只对 meta 部分的JSON签名", EN: "of an upload sign the JSON of its part meta, and nothing else"}
}

// bodyPart has the variants of a body; signed is the part of it that the signature covers.
func bodyPart(r *Request, signed []byte) part {
	upload := apiv3.IsUpload(first(r.Header, "Content-Type"))
	a := adviceBody()
	if upload {
		a = adviceUpload()
	}
	c := newCollector(a, string(signed))
	set := func(d *draft, v string) { d.body = []byte(v) }
	if upload {
		c.add(UploadWhole, "上传接口签名时用了整个请求包体", "the whole body of an upload was signed", string(r.Body), set)
		for _, file := range filesOf(first(r.Header, "Content-Type"), r.Body) {
			c.add(UploadFile, "上传接口签名时用了文件内容", "the file of an upload was signed", file, set)
		}
	}
	if meta, is := metaFile(r); upload && is {
		c.advice = advice{ZH: "请去掉 meta 部分的 filename", EN: "leave the filename of the part meta out"}
		c.add(UploadMetaFile, "meta 部分带有 filename，服务端视其为文件，找不到 meta，于是按空包体验签",
			"the part meta has a filename and so is a file: no meta was found, and an empty text was verified", meta, set)
		c.advice = a
	}
	if len(signed) == 0 {
		c.addInvented(r, set)
		return part{variants: c.list}
	}
	c.add(BodyDropped, "签名时包体为空", "the body was left out of what was signed", "", set)
	c.addEdges(string(signed), set)
	c.addReformatted(signed, set)
	c.addDisguises(signed, set)
	return part{variants: c.list}
}

// addInvented adds bodies that were signed though none was sent.
func (c *collector) addInvented(r *Request, set func(*draft, string)) {
	for _, text := range []string{"{}", "null", `""`, "[]", " ", "undefined", "None", "nil", "{ }"} {
		c.add(BodyInvented, "没有包体，签名时却写成了 "+text, "there is no body, but "+text+" was signed", text, set)
	}
	_, query, found := strings.Cut(r.Target, "?")
	if !found {
		return
	}
	path, _, _ := strings.Cut(r.Target, "?")
	for _, text := range []string{query, unescapeQuery(query)} {
		c.list = append(c.list, variant{
			clause{QueryInBody, "签名时查询串放在了包体的位置", "the query was signed in the place of the body", adviceURL()},
			func(d *draft) { d.target, d.body = path, []byte(text) },
		})
	}
}

// addEdges adds what happens to the beginning, the end and the lines of a body.
func (c *collector) addEdges(body string, set func(*draft, string)) {
	c.add(BodyLineEnd, "签名时包体末尾的换行被去掉", "the line feed at the end of the body was left out of what was signed", strings.TrimSuffix(body, "\n"), set)
	c.add(BodyLineEnd, "签名时包体末尾多了换行", "a line feed was signed after the body", body+"\n", set)
	c.add(BodyCRLF, `签名时包体的换行是 \n，发送的却是 \r\n`, `the body was signed with \n, but sent with \r\n`, strings.ReplaceAll(body, "\r\n", "\n"), set)
	c.add(BodyCRLF, `签名时包体的换行是 \r\n，发送的却是 \n`, `the body was signed with \r\n, but sent with \n`, strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n"), set)
	c.add(BodyBOM, "发送的包体带有BOM，签名时没有", "the body was sent with a byte order mark and signed without it", strings.TrimPrefix(body, "\ufeff"), set)
	c.add(BodyBOM, "签名时包体带有BOM，发送时没有", "the body was signed with a byte order mark and sent without it", "\ufeff"+body, set)
	c.add(BodyTrimmed, "签名时包体首尾的空白被去掉", "blanks around the body were left out of what was signed", strings.TrimSpace(body), set)
}

// addDisguises adds what else may stand for a body.
func (c *collector) addDisguises(body []byte, set func(*draft, string)) {
	for _, h := range []crypto.Hash{crypto.SHA256, crypto.SHA1, crypto.MD5} {
		digest := sum(h, body)
		for _, text := range []string{hex.EncodeToString(digest), strings.ToUpper(hex.EncodeToString(digest)), base64.StdEncoding.EncodeToString(digest)} {
			c.add(BodyHashed, "签名时用包体的摘要代替了包体", "a digest of the body was signed instead of the body", text, set)
		}
	}
	c.add(BodyEncoded, "签名时包体被做了base64编码", "the body was signed in base64", base64.StdEncoding.EncodeToString(body), set)
	c.add(BodyEncoded, "签名时包体成了JSON字符串（多序列化了一次）", "the body was signed as a JSON string, serialised once too often", jsonString(string(body)), set)
	if inner, ok := parseString(body); ok {
		c.add(BodyEncoded, "发送的包体是JSON字符串（多序列化了一次）", "the body was sent as a JSON string, serialised once too often", inner, set)
	}
	c.add(BodyTrimmed, "签名时包体中的空白被全部去掉", "all blanks of the body were left out of what was signed", strings.Join(strings.Fields(string(body)), ""), set)
}

// metaFile returns the content of a part named meta that has a filename, and whether there is one.
func metaFile(r *Request) (string, bool) {
	parts, _ := apiv3.ReadUpload(first(r.Header, "Content-Type"), r.Body) // what follows does not matter
	for i := range parts {
		if parts[i].Name == "meta" && parts[i].FileName != "" {
			return string(parts[i].Content), true
		}
	}
	return "", false
}

// filesOf returns the content of the parts of an upload besides meta.
func filesOf(contentType string, body []byte) []string {
	var files []string
	meta, err := apiv3.UploadMeta(contentType, body)
	if err != nil {
		return nil
	}
	for section := range bytes.SplitSeq(body, []byte("\r\n--")) {
		if _, content, found := bytes.Cut(section, []byte("\r\n\r\n")); found && !bytes.Equal(content, meta) {
			files = append(files, string(content))
		}
	}
	return files
}
