// An owner's own price list: tests/support/contract.toml as JSON.

export default {
 "id": "our-contract",
 "title": "Our contract, 2026",
 "currency": "USD",
 "billing_model": "mau",
 "limits_not_stated": [
  "max_users",
  "groups_per_user",
  "members_per_group",
  "non_av_groups",
  "av_groups",
  "net_new_groups_per_day",
  "history_retention_days",
  "free_dau",
  "free_peak_groups",
  "communities",
  "recent_contacts_pull",
  "online_broadcast_rooms",
  "push_calls_per_day",
  "push_messages_per_month",
  "search_messages_stored",
  "search_requests_per_month"
 ],
 "features_not_stated": [
  "global_coverage",
  "multi_device_same_platform",
  "local_message_search",
  "av_group_history_for_new_members",
  "group_read_receipts",
  "targeted_group_messages",
  "av_group_online_member_list",
  "av_group_broadcast",
  "user_status",
  "conversation_mark",
  "conversation_group",
  "av_group_member_ban",
  "push_to_all_users"
 ],
 "sources": [
  {
   "id": "contract",
   "document": "Our contract",
   "language": "en",
   "date": "2026-01-15"
  }
 ],
 "editions": [
  {
   "id": "silver",
   "name": "Silver",
   "price_per_month": "500",
   "paid": true,
   "validity": "prepaid_month",
   "source": "contract"
  },
  {
   "id": "gold",
   "name": "Gold",
   "price_per_month": "900",
   "paid": true,
   "validity": "prepaid_month",
   "source": "contract"
  }
 ],
 "limits": {
  "friends_per_user": {
   "source": "contract",
   "max": {
    "silver": 10,
    "gold": 20
   }
  },
  "free_mau": {
   "source": "contract",
   "max": {
    "silver": 1000,
    "gold": 5000
   }
  }
 },
 "features": {
  "community": {
   "source": "contract",
   "support": {
    "silver": "unsupported",
    "gold": "supported"
   }
  }
 },
 "overage": [
  {
   "meter": "mau",
   "editions": [
    "silver",
    "gold"
   ],
   "supported": true,
   "rate": {
    "price": "0.02",
    "per": 1,
    "rounding": "exact"
   },
   "source": "contract"
  }
 ],
 "services": [
  {
   "id": "more_friends",
   "name": "More friends",
   "category": "value_added",
   "source": "contract",
   "prices": [
    {
     "editions": [
      "silver"
     ],
     "price": "50",
     "cycle": "prepaid_month",
     "source": "contract"
    }
   ],
   "effects": [
    {
     "kind": "raises_limit",
     "editions": [
      "silver"
     ],
     "limit": "friends_per_user",
     "to": 15,
     "source": "contract"
    }
   ]
  }
 ],
 "policies": {
  "plan_payment": {
   "value": "prepaid",
   "source": "contract"
  },
  "overage_payment": {
   "value": "postpaid",
   "source": "contract"
  },
  "plan_period": {
   "value": "to_same_day",
   "source": "contract"
  },
  "deduction": {
   "value": {
    "first_day": 1,
    "last_day": 3
   },
   "source": "contract"
  },
  "moves": [
   {
    "from": "silver",
    "to": "gold",
    "kind": "upgrade",
    "immediate": true,
    "charge": "unstated",
    "note": "On request.",
    "source": "contract"
   },
   {
    "from": "gold",
    "to": "silver",
    "kind": "forbidden",
    "charge": "unstated",
    "note": "Not during the contract.",
    "source": "contract"
   }
  ]
 }
};
