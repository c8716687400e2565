// Issues a coupon and redeems it, in the style of the platform's documentation, with nothing but
// the JDK (11 or newer). It calls the real service, or the base URL that is its argument.

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
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Sample {
    private static final String STOCK = "1282070000000017"; // every sandbox has it: 5 yuan off 10
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void main(String[] args) throws Exception {
        String host = args.length > 0 ? args[0] : "https://api.mch.weixin.qq.com";
        String appid = System.getenv("FAVORD_APPID");

        String sent = post(host, "/v3/marketing/busifavor/coupons/send", String.format(
                "{\"stock_id\":\"%s\",\"appid\":\"%s\",\"openid\":\"%s\",\"out_request_no\":\"%s\"}",
                STOCK, appid, System.getenv("FAVORD_OPENID"), createNonce(24)));
        Matcher code = Pattern.compile("\"coupon_code\":\"([^\"]+)\"").matcher(sent);
        if (!code.find()) {
            throw new IllegalStateException(sent);
        }
        System.out.println("issued " + code.group(1));

        post(host, "/v3/marketing/busifavor/coupons/use", String.format(
                "{\"coupon_code\":\"%s\",\"stock_id\":\"%s\",\"appid\":\"%s\",\"use_time\":\"%s\",\"use_request_no\":\"%s\"}",
                code.group(1), STOCK, appid, OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS)
                        .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME), createNonce(24)));
        System.out.println("redeemed " + code.group(1));
    }

    static String post(String host, String uri, String body) throws Exception {
        String publicKeyId = System.getenv("FAVORD_PUBLIC_KEY_ID");
        PrivateKey privateKey = loadPrivateKey(Path.of(System.getenv("FAVORD_PRIVATE_KEY_FILE")));
        PublicKey publicKey = loadPublicKey(Path.of(System.getenv("FAVORD_PUBLIC_KEY_FILE")));
        HttpRequest request = HttpRequest.newBuilder(URI.create(host + uri))
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .header("Wechatpay-Serial", publicKeyId)
                .header("Authorization", buildAuthorization(System.getenv("FAVORD_MCHID"),
                        System.getenv("FAVORD_SERIAL_NO"), privateKey, "POST", uri, body))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        validate(publicKeyId, publicKey, response);
        return response.body();
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
