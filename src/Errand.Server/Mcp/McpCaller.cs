using System.Security.Claims;

namespace Errand.Server.Mcp;

/// <summary>Who a caller is, as far as the application has found out; to tell whether two requests come from the same.</summary>
internal sealed record McpCaller(string? Scheme, string? Claim, string? Issuer, string? Value)
{
    private static readonly McpCaller Anybody = new(null, null, null, null);
    // What identifies a user, the best first.
    private static readonly string[] Identifying = [ClaimTypes.NameIdentifier, "sub", ClaimTypes.Upn, ClaimTypes.Name];

    public static McpCaller Of(ClaimsPrincipal user)
    {
        if (user.Identity is not { IsAuthenticated: true } identity) return Anybody;
        foreach (string type in Identifying)
        {
            if (user.FindFirst(type) is { } claim) return new(null, claim.Type, claim.Issuer, claim.Value);
        }
        return new(identity.AuthenticationType, null, null, identity.Name);
    }
}
