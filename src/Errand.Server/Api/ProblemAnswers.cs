using Microsoft.AspNetCore.Http;

namespace Errand.Server.Api;

/// <summary>Turns what callers can act on into problems.</summary>
internal static class ProblemAnswers
{
    public static RequestDelegate Catch(RequestDelegate handler) => async context =>
    {
        try { await handler(context); }
        catch (JobException e) when (!context.Response.HasStarted) { await Problem.Of(e).WriteAsync(context); }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to be answered.
        }
        catch (OperationCanceledException) when (!context.Response.HasStarted) { await Problem.Of(new ShuttingDownException()).WriteAsync(context); }
    };
}
