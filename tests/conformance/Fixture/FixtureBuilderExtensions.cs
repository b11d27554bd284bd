using ModelContextProtocol.Protocol;

namespace Errand.ConformanceFixture;

internal static class FixtureBuilderExtensions
{
    private static readonly string[] Places = ["paris", "park", "party"];
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    public static IMcpServerBuilder WithCompletions(this IMcpServerBuilder builder) => builder.WithCompleteHandler((request, _) =>
    {
        string[] values = [.. Places.Where(place => place.StartsWith(request.Params!.Argument.Value, StringComparison.Ordinal))];
        return new(new CompleteResult { Completion = new() { Values = values, Total = values.Length, HasMore = false } });
    });

    /// <summary>In sessions only: a client of 2026-07-28 listens.</summary>
    public static IMcpServerBuilder WithSubscriptions(this IMcpServerBuilder builder) => builder
        .WithSetLoggingLevelHandler((_, _) => new(new EmptyResult()))
        .WithSubscribeToResourcesHandler((request, _) =>
        {
            request.Services!.GetRequiredService<Subscriptions>().Add(request.Server.SessionId, request.Params!.Uri);
            return new(new EmptyResult());
        })
        .WithUnsubscribeFromResourcesHandler((request, _) =>
        {
            request.Services!.GetRequiredService<Subscriptions>().Remove(request.Server.SessionId, request.Params!.Uri);
            return new(new EmptyResult());
        });

    /// <summary>Nothing here changes, nor hangs on who asks.</summary>
    public static IMcpServerBuilder WithCachingHints(this IMcpServerBuilder builder) => builder.WithRequestFilters(filters => filters
        .AddListToolsFilter(next => async (request, cancellationToken) => Fixed(await next(request, cancellationToken)))
        .AddListPromptsFilter(next => async (request, cancellationToken) => Fixed(await next(request, cancellationToken)))
        .AddListResourcesFilter(next => async (request, cancellationToken) => Fixed(await next(request, cancellationToken)))
        .AddListResourceTemplatesFilter(next => async (request, cancellationToken) => Fixed(await next(request, cancellationToken)))
        .AddReadResourceFilter(next => async (request, cancellationToken) => Fixed(await next(request, cancellationToken))));

    private static T Fixed<T>(T result) where T : ICacheableResult
    {
        (result.TimeToLive, result.CacheScope) = (Fresh, CacheScope.Public);
        return result;
    }
}
