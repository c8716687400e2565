// A merchant's program in the style of the platform's documentation, with nothing but the JDK:
// it signs a request to the real service's host, verifies the signature of the answer, and
// prints it. A test runs it with `favord run -- java Sample.java`; there is no word of a
// sandbox in it.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;

public class Sample {
    private static final String HOST = "https://api.mch.weixin.qq.com";
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void main(String[] args) throws Exception {
        String mchid = System.getenv("FAVORD_MCHID");
        String serial = System.getenv("FAVORD_SERIAL_NO");
        String publicKeyId = System.getenv("FAVORD_PUBLIC_KEY_ID");
        PrivateKey privateKey = loadPrivateKey(Path.of(System.getenv("FAVORD_PRIVATE_KEY_FILE")));
        PublicKey publicKey = loadPublicKey(Path.of(System.getenv("FAVORD_PUBLIC_KEY_FILE")));

        String uri = "/v3/marketing/busifavor/stocks/" + args[0];
        HttpRequest request = HttpRequest.newBuilder(URI.create(HOST + uri))
                .header("Accept", "application/json")
                .header("Wechatpay-Serial", publicKeyId)
                .header("Authorization", buildAuthorization(mchid, serial, privateKey, "GET", uri, ""))
                .GET()
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        validate(publicKeyId, publicKey, response);
        System.out.println(response.body());
    }

    static String buildAuthorization(String mchid, String serial, PrivateKey key, String method, String uri, String body)
            throws Exception {
        String nonce = createNonce(32);
        long timestamp = Instant.now().getEpochSecond();
        String message = method + "\n" + uri + "\n" + timestamp + "\n" + nonce + "\n" + body + "\n";
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(key);
        signer.update(message.getBytes(StandardCharsets.UTF_8));
        return String.format(
                "WECHATPAY2-SHA256-RSA2048 mchid=\"%s\",nonce_str=\"%s\",signature=\"%s\",timestamp=\"%d\",serial_no=\"%s\"",
                mchid, nonce, Base64.getEncoder().encodeToString(signer.sign()), timestamp, serial);
    }

    static void validate(String publicKeyId, PublicKey key, HttpResponse<String> response) throws Exception {
        String timestamp = response.headers().firstValue("Wechatpay-Timestamp").orElseThrow();
        String nonce = response.headers().firstValue("Wechatpay-Nonce").orElseThrow();
        String signature = response.headers().firstValue("Wechatpay-Signature").orElseThrow();
        String serial = response.headers().firstValue("Wechatpay-Serial").orElseThrow();
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(key);
        verifier.update((timestamp + "\n" + nonce + "\n" + response.body() + "\n").getBytes(StandardCharsets.UTF_8));
        if (!serial.equals(publicKeyId) || !verifier.verify(Base64.getDecoder().decode(signature))) {
            throw new IllegalStateException("the answer is forged");
        }
    }

    static String createNonce(int length) {
        SecureRandom random = new SecureRandom();
        StringBuilder nonce = new StringBuilder();
        for (int i = 0; i < length; i++) {
            nonce.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return nonce.toString();
    }

    static PrivateKey loadPrivateKey(Path path) throws Exception {
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(decode(path, "PRIVATE KEY")));
    }

    static PublicKey loadPublicKey(Path path) throws Exception {
        return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(decode(path, "PUBLIC KEY")));
    }

    static byte[] decode(Path path, String kind) throws Exception {
        String text = Files.readString(path)
                .replace("-----BEGIN " + kind + "-----", "")
                .replace("-----END " + kind + "-----", "");
        return Base64.getMimeDecoder().decode(text);
    }
}
