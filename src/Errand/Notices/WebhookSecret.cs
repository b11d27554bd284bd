using System.Security.Cryptography;
using System.Text;

namespace Errand;

/// <summary>A secret as the Standard Webhooks convention writes it.</summary>
internal static class WebhookSecret
{
    public const string Rule = "is not a secret; it must be 'whsec_' and the Base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)";
    private const string Prefix = "whsec_";

    /// <summary>The bytes of a secret; none where it is not one.</summary>
    public static byte[]? TryRead(string text)
    {
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Prefix.Length..], bytes, out int length)) return null;
        return length is >= 24 and <= 64 ? bytes[..length] : null;
    }

    /// <summary>The signature of a message, as it stands in the header <c>webhook-signature</c>.</summary>
    public static string Sign(byte[] secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}";
    }
}
