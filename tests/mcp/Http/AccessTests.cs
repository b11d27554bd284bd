using System.Security.Claims;
using System.Text.Encodings.Web;
using Errand.Server.Mcp;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Errand.Mcp.Tests.Http;

/// <summary>Who is let in, and whose a session is.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData("evil.example", null, 403)]
    [InlineData("localhost", null, 200)]
    [InlineData("[::1]", null, 200)]
    [InlineData(null, "https://evil.example", 403)]
    [InlineData(null, "null", 403)]
    [InlineData("localhost", "http://localhost", 200)]
    [InlineData("localhost", "https://localhost", 403)]
    [InlineData("app.example", "https://ui.example", 200)]
    [InlineData("APP.example:8080", "https://UI.example", 200)]
    public async Task Only_known_hosts_are_served_and_only_known_pages(string? name, string? origin, int status)
    {
        await using var host = await HttpHost.StartAsync(options =>
        {
            options.AllowedHosts.Add("app.example");
            options.AllowedOrigins.Add("https://ui.example");
        });
        (string, string)[] headers = [.. name is null ? [] : new[] { ("Host", name) }, .. origin is null ? [] : new[] { ("Origin", origin) }];
        var answer = await host.PostAsync(Legacy.Initialize, headers);
        Assert.Equal(status, answer.Status);
        if (status == 403) Assert.NotNull(answer.Code);
    }

    [Fact]
    public async Task Every_host_and_every_page_can_be_let_in()
    {
        await using var host = await HttpHost.StartAsync(options =>
        {
            options.AllowedHosts.Add("*");
            options.AllowedOrigins.Add("*");
        });
        Assert.Equal(200, (await host.PostAsync(Legacy.Initialize, ("Host", "any.example"), ("Origin", "https://other.example"))).Status);
    }

    [Fact]
    public async Task The_application_says_who_may_call()
    {
        await using var host = await StartWithUsersAsync();
        Assert.Equal(401, (await host.PostAsync(Legacy.Initialize)).Status);
        Assert.Equal("ann", (await host.PostAsync(Current.Call("who").ToJsonString(), Current.Headers("who", User("ann")))).Text);
        string session = await host.BeginAsync(User("bob"));
        Assert.Equal("bob", (await host.PostAsync(Legacy.Call("who"), Legacy.Session(session), User("bob"))).Text);
    }

    [Fact]
    public async Task To_another_user_a_session_is_not_there()
    {
        await using var host = await StartWithUsersAsync();
        string session = await host.BeginAsync(User("ann"));
        Assert.Equal(404, (await host.PostAsync(Legacy.Ping, Legacy.Session(session), User("bob"))).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Get, Legacy.Session(session), User("bob"))).Status);
        Assert.Equal(404, (await host.SendAsync(HttpMethod.Delete, Legacy.Session(session), User("bob"))).Status);
        Assert.Equal(200, (await host.PostAsync(Legacy.Ping, Legacy.Session(session), User("ann"))).Status);
    }

    public static TheoryData<Action<McpHttpOptions>, string> Unmeant => new()
    {
        { options => options.AllowedHosts.Clear(), nameof(McpHttpOptions.AllowedHosts) },
        { options => options.AllowedHosts.Add("https://app.example"), nameof(McpHttpOptions.AllowedHosts) },
        { options => options.AllowedOrigins.Add("app.example"), nameof(McpHttpOptions.AllowedOrigins) },
        { options => options.AllowedOrigins.Add("https://app.example/"), nameof(McpHttpOptions.AllowedOrigins) },
        { options => options.MaxSessions = 0, nameof(McpHttpOptions.MaxSessions) },
        { options => options.IdleTimeout = TimeSpan.Zero, nameof(McpHttpOptions.IdleTimeout) },
        { options => options.MaxRequestBytes = 0, nameof(McpHttpOptions.MaxRequestBytes) },
    };

    [Theory]
    [MemberData(nameof(Unmeant), DisableDiscoveryEnumeration = true)]
    public async Task Options_that_cannot_be_meant_are_refused_by_name_before_anybody_calls(Action<McpHttpOptions> set, string name)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => HttpHost.StartAsync(set));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_was_not_added_says_what_is_missing()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Contains("AddErrandMcpHttp", Assert.Throws<InvalidOperationException>(() => app.MapErrandMcp()).Message, StringComparison.Ordinal);
    }

    private static (string, string) User(string name) => ("X-User", name);

    private static Task<HttpHost> StartWithUsersAsync() => HttpHost.StartAsync(
        services: services =>
        {
            services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, UserHeader>("test", null);
            services.AddAuthorization();
        },
        before: app =>
        {
            app.UseAuthentication();
            app.UseAuthorization();
        },
        map: endpoint => endpoint.RequireAuthorization());

    /// <summary>Whoever says who he is.</summary>
    private sealed class UserHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"].ToString() is not { Length: > 0 } name) return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new("sub", name), new(ClaimTypes.Name, name)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new(identity), Scheme.Name)));
        }
    }
}
