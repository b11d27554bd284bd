using Errand.Mcp.Wire;
using Microsoft.AspNetCore.Http;

namespace Errand.Server.Api;

/// <summary>Why a request was refused, as <c>application/problem+json</c> (RFC 9457).</summary>
internal sealed record Problem(int Status, string Title, string Detail, string Code, string? Param = null, string? JobId = null)
{
    public static Problem NoToken { get; } = new(StatusCodes.Status401Unauthorized, "Unauthorised",
        "The request has no valid token. Send 'Authorization: Bearer TOKEN' with what stands in the file 'token' of the server's data folder.",
        "unauthorised");

    public static Problem NotAllowedOrigin { get; } = new(StatusCodes.Status403Forbidden, "Forbidden",
        "The request comes from a page of another site, and is refused whatever token it has.", "origin_refused");

    public static Problem NotAllowedHost(string? host) => new(StatusCodes.Status403Forbidden, "Forbidden",
        $"This server is not known as '{host}'. Call it by the address that it has printed at its start.", "host_refused");

    public static Problem Of(JobException exception)
    {
        var problem = WireProblem.Of(exception);
        int status = exception switch
        {
            InvalidJobException or UnknownJobKindException => StatusCodes.Status400BadRequest,
            JobNotFoundException => StatusCodes.Status404NotFound,
            PayloadTooLargeException => StatusCodes.Status413PayloadTooLarge,
            ShuttingDownException or StoreUnavailableException => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status409Conflict,
        };
        return new(status, TitleOf(status), problem.Message, problem.Code, problem.Param, problem.JobId);
    }

    /// <summary>An ended job cannot be stopped.</summary>
    public static Problem AlreadyFinished(StopReply reply) =>
        new(StatusCodes.Status409Conflict, TitleOf(StatusCodes.Status409Conflict), reply.Message, WireStop.WordOf(reply.Answer),
            null, reply.Id.ToString());

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return context.Response.WriteAsJsonAsync(this, ServerJson.Default.Problem, "application/problem+json");
    }

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Bad request",
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status413PayloadTooLarge => "Too large",
        StatusCodes.Status503ServiceUnavailable => "Unavailable",
        _ => "Conflict",
    };
}
