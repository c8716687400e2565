<?php
// Issues a coupon and redeems it, with PHP's curl and openssl functions alone. It calls the
// real service, or the base URL that is its argument.
$host = $argv[1] ?? 'https://api.mch.weixin.qq.com';
$stock = '1282070000000017'; // every sandbox has it: 5 yuan off 10

function post(string $uri, array $fields): array
{
    global $host;
    $body = json_encode($fields, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    $timestamp = (string) time();
    $nonce = bin2hex(random_bytes(16));
    $key = openssl_pkey_get_private(file_get_contents(getenv('FAVORD_PRIVATE_KEY_FILE')));
    openssl_sign("POST\n$uri\n$timestamp\n$nonce\n$body\n", $signature, $key, OPENSSL_ALGO_SHA256);
    $headers = [];
    $call = curl_init($host . $uri);
    curl_setopt_array($call, [
        CURLOPT_POSTFIELDS => $body,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_USERAGENT => 'sample',
        CURLOPT_HTTPHEADER => [
            'Accept: application/json',
            'Content-Type: application/json',
            'Wechatpay-Serial: ' . getenv('FAVORD_PUBLIC_KEY_ID'),
            sprintf(
                'Authorization: WECHATPAY2-SHA256-RSA2048 mchid="%s",serial_no="%s",timestamp="%s",nonce_str="%s",signature="%s"',
                getenv('FAVORD_MCHID'), getenv('FAVORD_SERIAL_NO'), $timestamp, $nonce, base64_encode($signature)
            ),
        ],
        CURLOPT_HEADERFUNCTION => function ($call, string $line) use (&$headers): int {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $headers[strtolower($name)] = trim($value);
            return strlen($line);
        },
    ]);
    $answer = curl_exec($call);
    if ($answer === false) {
        throw new RuntimeException(curl_error($call));
    }
    if (curl_getinfo($call, CURLINFO_RESPONSE_CODE) !== 200) {
        throw new RuntimeException($answer);
    }
    $message = "{$headers['wechatpay-timestamp']}\n{$headers['wechatpay-nonce']}\n$answer\n";
    $platform = openssl_pkey_get_public(file_get_contents(getenv('FAVORD_PUBLIC_KEY_FILE')));
    $signature = base64_decode($headers['wechatpay-signature']);
    if ($headers['wechatpay-serial'] !== getenv('FAVORD_PUBLIC_KEY_ID')
        || openssl_verify($message, $signature, $platform, OPENSSL_ALGO_SHA256) !== 1) {
        throw new RuntimeException('the answer is forged');
    }
    return json_decode($answer, true);
}

$sent = post('/v3/marketing/busifavor/coupons/send', [
    'stock_id' => $stock,
    'appid' => getenv('FAVORD_APPID'),
    'openid' => getenv('FAVORD_OPENID'),
    'out_request_no' => bin2hex(random_bytes(12)), // a repeat with the same number issues nothing twice
]);
$code = $sent['send_coupon_result']['coupon_code'];
echo "issued $code\n";

post('/v3/marketing/busifavor/coupons/use', [
    'coupon_code' => $code,
    'stock_id' => $stock,
    'appid' => getenv('FAVORD_APPID'),
    'use_time' => date(DATE_ATOM),
    'use_request_no' => bin2hex(random_bytes(12)),
]);
echo "redeemed $code\n";
