using System.Net;

namespace Errand.Tests.Notices;

public sealed class WebhookRulesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.0.8")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0a00:0001")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:0001::")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    public void C9_no_webhook_goes_to_an_address_that_is_not_public(string address)
    {
        var ip = IPAddress.Parse(address);
        Assert.False(PublicAddress.Is(ip));
        string host = ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address;
        Refused($"https://{host}/hook", "not on the public internet");
        new WebhookRules(new() { AllowInternal = true }).Check($"https://{host}/hook");
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("169.253.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:0808:0808::1")]
    public void C9_a_public_address_is_one(string address) => Assert.True(PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://localhost/hook")]
    [InlineData("https://LOCALHOST:8443/hook")]
    [InlineData("https://localhost./hook")]
    [InlineData("https://a.localhost/hook")]
    [InlineData("https://2130706433/hook")]
    [InlineData("https://0x7f.1/hook")]
    [InlineData("https://0177.0.0.1/hook")]
    public void C9_this_machine_under_another_spelling_is_this_machine(string url) => Refused(url, "not on the public internet");

    [Theory]
    [InlineData(null, "absolute address")]
    [InlineData("", "absolute address")]
    [InlineData("/hook", "use https", "absolute address")]
    [InlineData("hooks.example.com", "absolute address")]
    [InlineData("http://hooks.example.com/", "must use https")]
    [InlineData("ftp://hooks.example.com/", "must use https")]
    [InlineData("https://me:password@hooks.example.com/", "leave them out")]
    public void C9_what_is_not_an_address_for_webhooks_is_refused_with_an_example(string? url, params string[] either)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => new WebhookRules(new()).Check(url));
        Assert.Equal("notify", refusal.Parameter);
        Assert.Contains(either, part => refusal.Message.Contains(part, StringComparison.Ordinal));
        Assert.Contains("https://hooks.example.com/errand", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void C9_by_default_every_public_host_may_be_told_and_with_a_list_only_those()
    {
        new WebhookRules(new()).Check("https://anything.example.org/hook");
        var options = new NoticeOptions { AllowedHosts = { "hooks.example.com", "*.example.net" } };
        var rules = new WebhookRules(options);
        rules.Check("https://HOOKS.example.com/a");
        rules.Check("https://deep.in.example.net/a");
        foreach (string url in new[] { "https://example.net/", "https://badexample.net/", "https://x.hooks.example.com/" })
        {
            var refusal = Assert.Throws<InvalidJobException>(() => rules.Check(url));
            Assert.Contains("only to: *.example.net, hooks.example.com", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void C9_without_a_secret_there_are_no_webhooks()
    {
        var rules = new WebhookRules(new());
        var refusal = Assert.Throws<InvalidJobException>(() => rules.SecretFor(rules.Check("https://hooks.example.com/a")));
        Assert.Equal("notify", refusal.Parameter);
        Assert.Contains("NoticeOptions.Secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void C9_options_that_make_no_sense_are_refused_at_the_start_and_show_no_secret()
    {
        var options = new NoticeOptions { Secret = "too short", WebhookTimeout = TimeSpan.Zero, CommandTimeout = TimeSpan.Zero };
        options.HostSecrets["hooks.example.com"] = "whsec_c2hvcnQ=";
        options.AllowedHosts.Add("https://hooks.example.com");
        options.Commands["empty"] = [];
        string[] problems = [.. options.Problems()];
        string[] named = ["Secret", "HostSecrets", "AllowedHosts", "Commands", "WebhookTimeout", "CommandTimeout"];
        Assert.Equal(named.Length, problems.Length);
        Assert.All(named, (name) => Assert.Contains(problems, problem => problem.StartsWith($"Notices.{name}", StringComparison.Ordinal)));
        Assert.All(problems, problem => Assert.DoesNotContain("c2hvcnQ", problem, StringComparison.Ordinal));
        Assert.Empty(new NoticeOptions { Secret = NoticeHost.Secret }.Problems());
    }

    private static void Refused(string url, string why)
    {
        var refusal = Assert.Throws<InvalidJobException>(() => new WebhookRules(new()).Check(url));
        Assert.Equal("notify", refusal.Parameter);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
