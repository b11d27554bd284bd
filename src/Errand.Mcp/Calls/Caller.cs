using System.Security.Claims;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>Who makes a request: whose jobs it makes, and which it may see.</summary>
/// <param name="Owner">Whom its jobs belong to.</param>
/// <param name="IsKnown">Whether that is somebody. Else whoever has an id may use it, nothing is listed, and nothing is shared.</param>
internal readonly record struct Caller(string Owner, bool IsKnown)
{
    /// <summary>The owner of jobs whose callers cannot be told apart: their ids are all that protects them.</summary>
    public const string Anonymous = "anonymous";

    private const string SomeClient = "an MCP client";
    private static readonly Caller Local = new(JobSpec.LocalOwner, true);
    private static readonly Caller Nobody = new(Anonymous, false);

    /// <summary>Whoever sent a message: the user who authenticated, else on a pipe the one who runs this process, else nobody known.</summary>
    public static Caller Of(JsonRpcMessageContext? context, ErrandMcpOptions options)
    {
        if (context?.User is { Identity.IsAuthenticated: true } user)
        {
            return options.OwnerOf(user) is { Length: > 0 } owner
                ? new(owner, true)
                : throw new InvalidJobException(
                    "user", "The user has no subject, name identifier or name to keep jobs by; see ErrandMcpOptions.OwnerOf.");
        }
        // Over HTTP each message knows the response that it is answered on; on a pipe there is one way back for all.
        return context?.RelatedTransport is null ? Local : Nobody;
    }

    /// <summary>Who it is, for the history of a job.</summary>
    public string Actor => IsKnown && Owner != JobSpec.LocalOwner ? Owner : SomeClient;

    /// <summary>Whether it may know of a job. To those who may not, the job is not there.</summary>
    public bool MaySee(Job job) => string.Equals(job.Owner, Owner, StringComparison.Ordinal);

    internal static string? SubjectOf(ClaimsPrincipal user) =>
        user.FindFirst("sub")?.Value ?? user.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? user.Identity?.Name;
}
