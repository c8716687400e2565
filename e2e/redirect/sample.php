<?php
// A signed call to the real service's host with PHP alone. A test runs it with
// `favord run -- php sample.php STOCK`.
$path = '/v3/marketing/busifavor/stocks/' . $argv[1];
$timestamp = (string) time();
$nonce = bin2hex(random_bytes(16));
$key = openssl_pkey_get_private(file_get_contents(getenv('FAVORD_PRIVATE_KEY_FILE')));
openssl_sign("GET\n$path\n$timestamp\n$nonce\n\n", $signature, $key, OPENSSL_ALGO_SHA256);
$authorization = sprintf(
    'WECHATPAY2-SHA256-RSA2048 mchid="%s",serial_no="%s",timestamp="%s",nonce_str="%s",signature="%s"',
    getenv('FAVORD_MCHID'), getenv('FAVORD_SERIAL_NO'), $timestamp, $nonce, base64_encode($signature)
);
$call = curl_init("https://api.mch.weixin.qq.com$path");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_USERAGENT => 'sample',
    CURLOPT_HTTPHEADER => ['Accept: application/json', "Authorization: $authorization"],
]);
$answer = curl_exec($call);
if ($answer === false) {
    fwrite(STDERR, curl_error($call) . "\n");
    exit(1);
}
echo $answer, "\n";
