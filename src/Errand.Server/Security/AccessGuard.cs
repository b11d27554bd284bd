using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Errand.Server.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Errand.Server.Security;

/// <summary>Lets in who knows the token, from where a browser would not be a stranger's.</summary>
internal sealed class AccessGuard(IOptions<ErrandServerOptions> options)
{
    private const string Scheme = "Bearer ";
    private const string TokenIdentity = "Errand.Token";
    // Of hashes, because comparing what differs in length takes another time.
    private readonly byte[] _token = Hash(options.Value.Token);

    /// <summary>A handler that answers only callers that may call.</summary>
    public RequestDelegate Guard(RequestDelegate handler) => ProblemAnswers.Catch(context =>
        !IsHostAllowed(context.Request) ? Problem.NotAllowedHost(context.Request.Host.Value).WriteAsync(context)
        : !CallerAddress.IsOriginAllowed(context.Request, []) ? Problem.NotAllowedOrigin.WriteAsync(context)
        : !HasToken(context.Request) ? Problem.NoToken.WriteAsync(context)
        : handler(WithUser(context)));

    /// <summary>A handler for everybody on this machine, who still must not be a stranger's page.</summary>
    public RequestDelegate GuardOpen(RequestDelegate handler) => ProblemAnswers.Catch(context =>
        IsHostAllowed(context.Request) ? handler(context) : Problem.NotAllowedHost(context.Request.Host.Value).WriteAsync(context));

    // Whoever may read the token's file is the one who runs this server.
    private static HttpContext WithUser(HttpContext context)
    {
        context.User = new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, JobSpec.LocalOwner), new(ClaimTypes.Name, JobSpec.LocalOwner)], TokenIdentity));
        return context;
    }

    private bool IsHostAllowed(HttpRequest request) => CallerAddress.IsHostAllowed(request, options.Value.AllowedHosts);

    private bool HasToken(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(header[Scheme.Length..].Trim()), _token);
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
