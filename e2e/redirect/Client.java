// A client like that of the documentation's first example: Apache HttpClient without
// useSystemProperties(), a downloader of platform certificates with a client of its own, and
// every answer verified. It prints the stock that is its argument.

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;
import org.apache.http.util.EntityUtils;

public class Client {
    static final String HOST = "https://api.mch.weixin.qq.com";
    static final String MCHID = System.getenv("FAVORD_MCHID");

    public static void main(String[] args) throws Exception {
        X509Certificate platform = download();
        try (CloseableHttpClient client = HttpClients.custom().build()) {
            System.out.println(get(client, "/v3/marketing/busifavor/stocks/" + args[0], platform));
        }
    }

    static X509Certificate download() throws Exception {
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            String list = get(client, "/v3/certificates", null);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE,
                    new SecretKeySpec(System.getenv("FAVORD_APIV3_KEY").getBytes(StandardCharsets.UTF_8), "AES"),
                    new GCMParameterSpec(128, field(list, "nonce").getBytes(StandardCharsets.UTF_8)));
            cipher.updateAAD(field(list, "associated_data").getBytes(StandardCharsets.UTF_8));
            byte[] pem = cipher.doFinal(Base64.getDecoder().decode(field(list, "ciphertext")));
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        }
    }

    static String get(CloseableHttpClient client, String path, X509Certificate platform) throws Exception {
        String timestamp = Long.toString(System.currentTimeMillis() / 1000);
        String nonce = UUID.randomUUID().toString().replace("-", "");
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(key());
        signer.update(("GET\n" + path + "\n" + timestamp + "\n" + nonce + "\n\n").getBytes(StandardCharsets.UTF_8));
        HttpGet request = new HttpGet(HOST + path);
        request.setHeader("Accept", "application/json");
        request.setHeader("Authorization", String.format(
                "WECHATPAY2-SHA256-RSA2048 mchid=\"%s\",nonce_str=\"%s\",timestamp=\"%s\",serial_no=\"%s\",signature=\"%s\"",
                MCHID, nonce, timestamp, System.getenv("FAVORD_SERIAL_NO"), Base64.getEncoder().encodeToString(signer.sign())));
        try (CloseableHttpResponse answer = client.execute(request)) {
            String body = EntityUtils.toString(answer.getEntity(), StandardCharsets.UTF_8);
            if (platform != null) {
                Signature verifier = Signature.getInstance("SHA256withRSA");
                verifier.initVerify(platform);
                verifier.update((answer.getFirstHeader("Wechatpay-Timestamp").getValue() + "\n"
                        + answer.getFirstHeader("Wechatpay-Nonce").getValue() + "\n" + body + "\n").getBytes(StandardCharsets.UTF_8));
                if (!verifier.verify(Base64.getDecoder().decode(answer.getFirstHeader("Wechatpay-Signature").getValue()))) {
                    throw new IllegalStateException("the signature of the answer is wrong");
                }
            }
            return body;
        }
    }

    static PrivateKey key() throws Exception {
        String pem = Files.readString(Path.of(System.getenv("FAVORD_PRIVATE_KEY_FILE")));
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    static String field(String json, String name) {
        Matcher m = Pattern.compile("\"" + name + "\" *: *\"([^\"]*)\"").matcher(json);
        if (!m.find()) {
            throw new IllegalStateException(json);
        }
        return m.group(1);
    }
}
